/** What an empty page begins with. Its keys: docs/supervision.md, docs/definitions.md. */
export const EXAMPLE_DOCUMENT = `set: shop
processes:
  - name: db
    worker: w1
    command: postgres -D /srv/db
    ready: { tcp: 5432 }
  - name: web
    match: { role: 'web*' }
    command: node server.js
    env: { PORT: 8080 }
    depends_on: { w1/db: ready }
`;
