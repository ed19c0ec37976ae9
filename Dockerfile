# The control plane: API with the web UI, workers and command line in one image.
FROM python:3.13-slim-trixie AS base

RUN apt-get update \
 && apt-get install --no-install-recommends -y flite=2.* libsndfile1=1.* ffmpeg=7:* \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app controlplane \
 && install -d -o controlplane /var/lib/call-commander

WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir uv==0.13.* && uv pip sync --system --no-cache requirements.txt
COPY pyproject.toml README.md ./
COPY controlplane ./controlplane
COPY dialplan_templates ./dialplan_templates
RUN uv pip install --system --no-cache --no-deps --editable .

# The web UI's typed client is made from the API's description, and that from the code.
FROM base AS described
RUN python -m controlplane.entrypoints.openapi_page /app/openapi.json

FROM node:22-slim AS web
WORKDIR /app/web
COPY web/package.json web/package-lock.json ./
RUN npm install --no-save --no-audit --no-fund
COPY web ./
COPY --from=described /app/openapi.json src/api/openapi.json
RUN npm run types \
 && npm run build \
 && find ../controlplane/web_dist -type f \( -name '*.js' -o -name '*.css' -o -name '*.svg' \) -exec gzip -9 -k -n {} +

FROM base
COPY --from=web /app/controlplane/web_dist ./controlplane/web_dist
USER 10001
ENV CP_DATA_DIR=/var/lib/call-commander \
    CP_HTTP_HOST=0.0.0.0 \
    CP_LOG_JSON=true \
    HF_HUB_OFFLINE=1
VOLUME /var/lib/call-commander
EXPOSE 8000
ENTRYPOINT ["controlplane"]
CMD ["api"]
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
