"""Certificates of our own, for servers of this machine."""

import os
import subprocess


def make_certificate(folder, name):
    """A key, and a certificate for localhost that it signed itself; their paths."""
    key, certificate = (os.path.join(folder, f"{name}.{kind}.pem") for kind in ("key", "certificate"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key
