import express, { type Router } from 'express';
import { absolutePath } from 'swagger-ui-dist';

/** The page and its script are files of ours, so that the content security policy needs no exception for inline code. */
const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Cairn API</title><link rel="stylesheet" href="/api/docs/assets/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></body>
</html>
`;
const START = `window.ui = SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#ui', deepLinking: true, persistAuthorization: false });\n`;

/** Swagger UI over our OpenAPI document, served from this process. */
export function docsPage(): Router {
  const router = express.Router();
  const assets = express.static(absolutePath(), { index: false, redirect: false, maxAge: '1d' });
  router.get('/', (_request, response) => {
    response.type('html').send(PAGE);
  });
  router.get('/start.js', (_request, response) => {
    response.type('js').send(START);
  });
  router.get(['/assets/swagger-ui.css', '/assets/swagger-ui-bundle.js'], (request, response, next) => {
    request.url = request.url.replace(/^\/assets/, '');
    assets(request, response, next);
  });
  return router;
}
