# Renders the film, or whatever else render.py is asked for:
#     docker build -t edgeglow .
#     docker run -v "$PWD/media:/media" edgeglow
#     docker run -v "$PWD/media:/media" edgeglow Weights --lang ko -q h
FROM python:3.12-slim-trixie AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev pkg-config libcairo2-dev libpango1.0-dev \
    && pip install --no-cache-dir uv
WORKDIR /src
ENV UV_PROJECT_ENVIRONMENT=/opt/edgeglow UV_PYTHON_DOWNLOADS=never
# The libraries first: they are built again only when the lock changes.
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups --no-install-project
COPY . .
RUN uv sync --locked --no-default-groups --no-editable

FROM python:3.12-slim-trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libcairo2 libpango-1.0-0 libpangocairo-1.0-0 fontconfig fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/edgeglow /opt/edgeglow
# Installed, the program keeps runs and films in media/ of the folder that it is called in: /media.
WORKDIR /
# Compiled loops and letters are kept at home; any user may call it (docker run --user).
ENV HOME=/tmp
ENTRYPOINT ["/opt/edgeglow/bin/edgeglow"]
