# Two stages: the first fetches and builds, the second only runs, as a user without rights.

FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=/app/.venv
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --group build
COPY . .
RUN .venv/bin/python -m tools.messages \
    && MODE=embedded VAR_DIR=/tmp/build STATIC_ROOT=/app/static .venv/bin/python manage.py collectstatic --noinput \
    && uv sync --frozen --no-dev \
    && rm -rf tools

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin toimenpiteet
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/app/static VAR_DIR=/tmp/toimenpiteet
USER toimenpiteet
EXPOSE 8000
CMD ["gunicorn", "--config", "python:toimenpiteet.config.gunicorn", "toimenpiteet.config.wsgi"]
