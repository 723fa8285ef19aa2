"use strict";

// Shows the API's OpenAPI document. A signed-in person's requests carry the CSRF token of the page.
const reader = document.getElementById("reader");

SwaggerUIBundle({
  url: reader.dataset.schema,
  domNode: reader,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  // The online validator would send our document to another company.
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (!["GET", "HEAD", undefined].includes(request.method)) {
      request.headers["X-CSRFToken"] = reader.dataset.csrf;
    }
    return request;
  },
});
