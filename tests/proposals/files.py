"""Small real files, made here."""

from io import BytesIO

from PIL import Image


def jpeg(width=64, height=48, colour="green") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()
