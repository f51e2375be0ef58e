# The version for builds and tests; compiler and runtime have the same version.
ARG DENO_VERSION=2.9.6
# A release resolves the tag to a digest and records it.
ARG BASE_IMAGE=gcr.io/distroless/cc-debian13:nonroot

FROM --platform=$BUILDPLATFORM denoland/deno:${DENO_VERSION} AS build
WORKDIR /build
COPY deno.json deno.lock main.ts ./
COPY tools tools
COPY src src
ARG REVISION=unknown
# amd64 or arm64; the compiler cross-compiles. A default here would override the platform.
ARG TARGETARCH
RUN REVISION="$REVISION" deno task compile --target="${TARGETARCH:-amd64}" --output=dist/wallet-balance-exporter

# hadolint ignore=DL3006 # the tag or digest is in the argument
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

# A number, so that Kubernetes can verify that it is not root.
USER 65532:65532
EXPOSE 8080
# For Docker's image format; Kubernetes uses its own probes.
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/usr/local/bin/wallet-balance-exporter", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/wallet-balance-exporter"]
