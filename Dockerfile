# Build: a virtual environment with pinned, hashed packages and the bot itself.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/flinkbot
COPY requirements.txt ./
RUN /opt/flinkbot/bin/pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /opt/flinkbot/bin/pip install --no-deps . && /opt/flinkbot/bin/flinkbot --version

# Run: the same Python, the environment at the same path, nobody's user.
FROM python:3.11-slim
RUN groupadd --gid 10001 flinkbot \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data flinkbot \
    && install -d -o 10001 -g 10001 -m 0750 /data
COPY --from=build /opt/flinkbot /opt/flinkbot
ENV PATH=/opt/flinkbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FLINKBOT_CONFIG=/etc/flinkbot/flinkbot.toml \
    FLINKBOT_HEALTH_URL=http://127.0.0.1:3000/healthz
USER 10001:10001
# The default database is a file in the working directory.
WORKDIR /data
VOLUME ["/data"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(os.environ['FLINKBOT_HEALTH_URL'], timeout=4)"]
ENTRYPOINT ["flinkbot"]
CMD ["run"]
