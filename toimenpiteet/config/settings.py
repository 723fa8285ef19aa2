"""Settings, all from the environment (``.env.example`` tells what each variable holds).

Two modes, the same code: ``embedded`` (one machine, SQLite, a broker on disk, mails kept on disk) and ``production``
(PostgreSQL, Redis, SMTP), which refuses to start without what it needs.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from toimenpiteet import languages
from toimenpiteet.config import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
MODE = env.choice("MODE", ("production", "embedded"), "production")
EMBEDDED = MODE == "embedded"
VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")
PORT = env.number("PORT", 8000, least=1)

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY", "" if EMBEDDED else None) or env.kept_secret(VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if EMBEDDED else None)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://localhost:{PORT}" if EMBEDDED else None).rstrip("/")
if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).netloc:
    raise ImproperlyConfigured(f"PUBLIC_URL is {PUBLIC_URL!r}; it must look like https://strategia.kunta.example.")
if urlsplit(PUBLIC_URL).path or urlsplit(PUBLIC_URL).query or urlsplit(PUBLIC_URL).fragment:
    raise ImproperlyConfigured(f"PUBLIC_URL is {PUBLIC_URL!r}; it must end with the host, or links in mails break.")
HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "modeltranslation",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "simple_history",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "template_partials",
    "csp",
    "toimenpiteet",
    "notifications",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Against BREACH it pads each answer by a random length, and the CSRF token is masked anew in each.
    "django.middleware.gzip.GZipMiddleware",
    "toimenpiteet.config.policy.DocumentPolicy",
    "toimenpiteet.config.policy.own_pages_are_not_kept",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "toimenpiteet.web.errors.Refusals",
]

ROOT_URLCONF = "toimenpiteet.config.urls"
WSGI_APPLICATION = "toimenpiteet.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "toimenpiteet.web.context_processors.page",
            ],
        },
    },
]

# --- database -------------------------------------------------------------------------------------------------------
_OWN_DATABASE = f"sqlite:///{VAR_DIR / 'toimenpiteet.sqlite3'}"
DATABASES = {"default": env.database("DATABASE_URL", _OWN_DATABASE if EMBEDDED else None)}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # IMMEDIATE takes the write lock before the first read, which is what makes read-check-write safe here.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Without recursive triggers REPLACE would slip past those that guard the record.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    # Commands take what they need; pages and the worker begin with a limit of their own (config.gunicorn, .celery).
    _LONGEST = env.number("STATEMENT_SECONDS", 0)
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # Compiling a plan to machine code takes PostgreSQL longer than any of our short queries; making the plan too,
        # so it keeps that of what runs again. A connection pooler between must let prepared statements through.
        options=f"-c jit=off -c statement_timeout={1000 * _LONGEST}",
        connect_timeout=5,
        server_side_binding=True,
        prepare_threshold=5,
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- queue and cache ------------------------------------------------------------------------------------------------
# Nothing that a page does needs Redis: sessions are in the database, and the cache falls back to memory.
_REDIS_URL = env.url("REDIS_URL", ("redis", "rediss", "unix"), "" if EMBEDDED else None)
if _REDIS_URL:
    CELERY_BROKER_URL = _REDIS_URL
    CACHES = {
        "default": {
            "BACKEND": "toimenpiteet.config.cache.RedisOrMemory",
            "LOCATION": _REDIS_URL,
            "KEY_PREFIX": "cache",
        }
    }
else:
    _QUEUE = {name: VAR_DIR / "queue" / name for name in ("messages", "control")}
    for _folder in _QUEUE.values():
        _folder.mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"
    CELERY_BROKER_TRANSPORT = "toimenpiteet.config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _QUEUE["messages"],
        "data_folder_out": _QUEUE["messages"],
        "control_folder": _QUEUE["control"],
    }
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# None: a worker waits for Redis as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# A tick that nobody took within its minute is worth nothing: the next one does the same work. So with the rounds.
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "notifications.tick", "schedule": 60.0, "options": {"expires": 55}},
    "reports": {"task": "toimenpiteet.make_reports", "schedule": 60.0, "options": {"expires": 55}},
    "rounds": {"task": "toimenpiteet.make_rounds", "schedule": 3600.0, "options": {"expires": 3300}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
# Signs of life: beat's is renewed with each tick, the worker's tells `make run` that it has come up.
BEAT_MARK = VAR_DIR / "beat-alive"
# When this machine last looked after the mails: a database that knows of an earlier time was restored.
TICK_MARK = VAR_DIR / "mails-ticked"
WORKER_MARK = VAR_DIR / "worker-alive"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "toimenpiteet.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "toimenpiteet.web.people.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Nothing is sent to them; asking takes as long as for an account (web.people.accounts).
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Toimenpiteet: "
ACCOUNT_SESSION_REMEMBER = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "toimenpiteet.web.errors.without_token"

# --- languages and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = languages.DEFAULT
LANGUAGES = languages.LANGUAGES
LOCALE_PATHS = [BASE_DIR / "toimenpiteet" / "locale"]
MODELTRANSLATION_DEFAULT_LANGUAGE = languages.DEFAULT
MODELTRANSLATION_LANGUAGES = languages.CODES
MODELTRANSLATION_FALLBACK_LANGUAGES = languages.CODES
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Helsinki"

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["toimenpiteet.config.uploads.OneFile"]
# A program that looks for viruses in files that people send (ClamAV's clamd).
CLAMD_URL = env.url("CLAMD_URL", ("tcp", "unix"), "")

# --- mail -----------------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = env.sender("MAIL_FROM", "Toimenpiteet <toimenpiteet@localhost>" if EMBEDDED else None)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# A mailbox for reports that a mail could not be delivered; each mail's return address has a signed tag in it.
MAIL_BOUNCES = env.sender("MAIL_BOUNCES") if env.text("MAIL_BOUNCES", "") else ""
EMAIL_HOST = env.host("EMAIL_HOST", "" if EMBEDDED else None)
EMAIL_PORT = env.number("EMAIL_PORT", 25, least=1, most=65535)
EMAIL_HOST_USER = env.ascii_secret("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.ascii_secret("EMAIL_HOST_PASSWORD")
_EMAIL_SECURITY = env.choice("EMAIL_SECURITY", ("none", "starttls", "tls"), "none")
EMAIL_USE_TLS = _EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = _EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
# A token instead of a password, for servers that take no passwords (Exchange Online).
_OAUTH_CLIENT = env.text("EMAIL_OAUTH_CLIENT_ID", "")
if EMAIL_HOST and _OAUTH_CLIENT:
    EMAIL_BACKEND = "notifications.oauth.EmailBackend"
    EMAIL_OAUTH = {
        "client_id": _OAUTH_CLIENT,
        "client_secret": env.text("EMAIL_OAUTH_CLIENT_SECRET"),
        "token_url": env.text("EMAIL_OAUTH_TOKEN_URL"),
        "scope": env.text("EMAIL_OAUTH_SCOPE"),
    }
elif bool(EMAIL_HOST_USER) != bool(EMAIL_HOST_PASSWORD):
    raise ImproperlyConfigured(
        "Only one of EMAIL_HOST_USER and EMAIL_HOST_PASSWORD is set. Set both, or neither where nobody signs in."
    )

# --- what goes over the wire ----------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# The container's own health check speaks plain HTTP to the process.
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^health/reminders$"]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Otherwise the limits on failed sign-ins would count everybody behind the proxy as one.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "toimenpiteet.api.authentication.Token",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["toimenpiteet.api.authentication.SignedInToWrite"],
    "DEFAULT_RENDERER_CLASSES": ["toimenpiteet.api.renderers.Json"],
    "DEFAULT_PARSER_CLASSES": ["toimenpiteet.api.parsers.Json"],
    "DEFAULT_SCHEMA_CLASS": "toimenpiteet.api.openapi.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "toimenpiteet.api.pagination.Pages",
    "EXCEPTION_HANDLER": "toimenpiteet.api.problems.handle",
    "DEFAULT_THROTTLE_RATES": {"sign_in_from": "20/min", "sign_in_for": "30/hour"},
    # Without the number, DRF believes whatever the client writes into X-Forwarded-For.
    "NUM_PROXIES": 1 if env.flag("BEHIND_PROXY", default=False) else 0,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_LIMIT_PER_USER": 20, "AUTO_REFRESH": False}
SPECTACULAR_SETTINGS = {
    "TITLE": "Toimenpiteet",
    "DESCRIPTION": (
        "Strategies, goals, action items and their statuses, history and reporting rounds.\n\n"
        "**Languages.** Names and texts come in the language of the header `Accept-Language` (fi, sv or en) where "
        "there is a translation, else in the municipality's language, else in any; `name_language` and "
        "`text_language` tell which. Messages are in the language asked for.\n\n"
        "**Who sees what.** Without signing in: what is published. With a token or a session: one's own "
        "municipalities. What is not open to the caller does not exist (404). The answers of a round are for "
        "people who have signed in (401).\n\n"
        "**Writing.** Each thing has a `version`, which is also its ETag. A write sends the version that it saw in "
        "`If-Match`: without it the answer is 428, with an old one 412 and the version and status of now.\n\n"
        "**Errors** are `application/problem+json` (RFC 9457), with a stable `code`, and `errors` that name fields. "
        "Unknown parameters and fields are errors.\n\n"
        "**Lists** come in pages of 25 (`page`, `page_size` up to 200); rows beyond 10,000 are not counted, but read."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Language": "toimenpiteet.languages.CODES",
        "PlanStatus": "toimenpiteet.workflow.STATUS_VALUES",
        "StrategyStatus": "toimenpiteet.models.strategy.StrategyStatus.values",
        "ProgrammeStatus": "toimenpiteet.models.strategy.ProgrammeStatus.values",
        "RoundStatus": "toimenpiteet.api.round_serializers.ROUND_STATUS",
        "RoundDayName": "toimenpiteet.api.round_serializers.ROUND_DAY",
        "RoundKind": "toimenpiteet.api.round_serializers.ROUND_KIND",
        "RoundMoveName": "toimenpiteet.api.round_serializers.ROUND_MOVE",
        "ChangeKind": "toimenpiteet.api.change_serializers.KIND",
        "ChangeStatus": "toimenpiteet.api.change_serializers.STATUS",
        "Precision": "toimenpiteet.api.change_serializers.PRECISION",
        "AnswerLight": "toimenpiteet.api.round_serializers.LIGHT",
        "LightReason": "toimenpiteet.api.round_serializers.BECAUSE",
        "AnswerSaid": "toimenpiteet.api.round_serializers.SAID",
        "AnswerReview": "toimenpiteet.api.round_serializers.REVIEW",
        "AnswerState": "toimenpiteet.api.round_serializers.ANSWER_STATE",
        "UnitKind": "toimenpiteet.models.people.UnitKind.values",
        "ProjectKind": "toimenpiteet.api.serializers.PROJECT_KIND",
        "FigureKind": "toimenpiteet.api.serializers.FIGURE_KIND",
        "PartKind": "toimenpiteet.api.strategy_serializers.PART_KIND",
        "EventKind": "toimenpiteet.api.strategy_serializers.EVENT_KIND",
        "DecisionKind": "toimenpiteet.api.strategy_serializers.DECISION_KIND",
        "Outcome": "toimenpiteet.api.round_serializers.OUTCOME",
    },
}

SIMPLE_HISTORY_ENABLED = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "toimenpiteet.config.access_log.WithoutKeys",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
    },
}
