# The control plane: API, workers and command line in one image.
FROM python:3.13-slim-trixie

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
