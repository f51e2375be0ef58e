# The version that the project is built and tested with; compiler and runtime are of one version.
ARG DENO_VERSION=2.9.6
# A release builds on the digest of the day, and records it.
ARG BASE_IMAGE=gcr.io/distroless/cc-debian13:nonroot

FROM --platform=$BUILDPLATFORM denoland/deno:${DENO_VERSION} AS build
WORKDIR /build
COPY deno.json deno.lock main.ts ./
COPY tools tools
COPY src src
ARG REVISION=unknown
# amd64 or arm64: the compiler makes the binary of either on any machine. A default here would win over the platform.
ARG TARGETARCH
RUN REVISION="$REVISION" deno task compile --target="${TARGETARCH:-amd64}" --output=dist/wallet-balance-exporter

# hadolint ignore=DL3006 # its tag or digest is in the argument
FROM ${BASE_IMAGE}
COPY --from=build /build/dist/NOTICE /build/dist/sbom.cdx.json /usr/share/doc/wallet-balance-exporter/
COPY --from=build /build/dist/wallet-balance-exporter /usr/local/bin/wallet-balance-exporter

ARG VERSION=dev
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=https://github.com/agglayer/wallet-balance-exporter
ARG BASE_NAME=gcr.io/distroless/cc-debian13:nonroot
ARG BASE_DIGEST=
LABEL org.opencontainers.image.title="wallet-balance-exporter" \
  org.opencontainers.image.description="Watches the balances of EVM wallets and serves them to Prometheus and Datadog" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.vendor="agglayer" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.created="$CREATED" \
  org.opencontainers.image.source="$SOURCE" \
  org.opencontainers.image.url="$SOURCE" \
  org.opencontainers.image.documentation="$SOURCE#readme" \
  org.opencontainers.image.base.name="$BASE_NAME" \
  org.opencontainers.image.base.digest="$BASE_DIGEST" \
  io.artifacthub.package.readme-url="$SOURCE/raw/main/README.md"

# The name would do; a number lets Kubernetes see that it is not root.
USER 65532:65532
EXPOSE 8080
# Kept by images in Docker's format; Kubernetes has probes of its own.
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/usr/local/bin/wallet-balance-exporter", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/wallet-balance-exporter"]
