FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 DO_NOT_TRACK=1
RUN useradd --create-home --uid 10001 kb && install -d -o kb /data
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY kb kb
COPY ingest ingest
COPY search search
COPY web web
# PyPI's torch brings CUDA along, several gigabytes; an index of CPU builds named here leaves it out.
ARG PIP_EXTRA_INDEX_URL
RUN pip install --no-cache-dir .
USER kb
VOLUME /data
EXPOSE 8000
CMD ["kb", "serve"]
