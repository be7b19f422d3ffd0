# docker build -t rehearsal .    See "In a container" in README.md.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package that this project needs has to run a script of its own, and the build's turn comes below.
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY .ci/rolldown.config.mjs .ci/compile.mjs .ci/
COPY src src
# The build starts a server once: what V8 has made of the program by then spares it every later start.
COPY scenarios scenarios
COPY fixtures fixtures
RUN npm run build && npm prune --omit=dev --ignore-scripts && find dist -name '*.map' -delete

FROM node:24-slim
COPY --from=build /app/package.json /app/package.json
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
WORKDIR /rehearsal
COPY scenarios scenarios
COPY fixtures fixtures
# What is made at run time belongs to the user that runs it, and is made before the volumes begin there.
RUN ln -s /app/dist/cli/main.js /usr/local/bin/rehearsal && mkdir certs data && chown node:node certs data
# As variables, so that they hold whatever `start` is given: a container is reached from outside or not at all.
ENV NODE_ENV=production
ENV REHEARSAL_HOST=0.0.0.0
ENV REHEARSAL_DATA=/rehearsal/data
ENV REHEARSAL_READY_FILE=/tmp/rehearsal.json
USER node
VOLUME ["/rehearsal/certs", "/rehearsal/data"]
EXPOSE 5000
# Well is a server that answers over HTTPS with the certificate of its CA. Without a token there is no admin API, and 404 is its answer.
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "const { port, caFile } = JSON.parse(fs.readFileSync(process.env.REHEARSAL_READY_FILE)); https.get({ port, path: '/_rehearsal/health', ca: fs.readFileSync(caFile) }, ({ statusCode }) => process.exit([200, 404].includes(statusCode) ? 0 : 1)).on('error', () => process.exit(1))"]
ENTRYPOINT ["rehearsal"]
CMD ["start"]
