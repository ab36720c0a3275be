# The API, for a PostgreSQL elsewhere: DATABASE_URL and JWT_SECRET must be set. See docker-compose.yml.

FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional packages are the binaries of the embedded PostgreSQL, which has no use here.
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY LICENSE README.md CHANGELOG.md ./
COPY bin/foundry.js bin/
COPY --from=build /app/dist dist
USER node
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3001}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/foundry.js", "serve"]
