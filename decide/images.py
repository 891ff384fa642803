"""The one place where uploads are opened, judged by content, re-encoded and stripped of metadata.

What a file is called or claims to be is never believed. A photo becomes a new WebP (no EXIF, no GPS, one frame); a
document becomes a newly written PDF without author, scripts or attached files. Both get random names. Memory stays
below 100 MB and time below a second: sizes are judged from the header, before anything is decoded.
"""

import subprocess
import sys
import uuid
from io import BytesIO
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models.fields.files import ImageField, ImageFieldFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ["JPEG", "PNG", "WEBP"]
MAX_PHOTO_BYTES = 12_000_000
MAX_DOCUMENT_BYTES = 5_000_000
LONGEST_SIDE = 1600
SMALL_SIDE = 480
# Pixels that may be decoded, by how the format is decoded: a baseline JPEG is read at an eighth, a quarter or half of
# its size; a progressive one and everything else is held in memory whole.
MAX_PIXELS_BASELINE_JPEG = 64_000_000
MAX_PIXELS_PROGRESSIVE_JPEG = 16_000_000
MAX_PIXELS = 12_000_000
MAX_PIXELS_WITH_ALPHA = 6_000_000
MAX_JPEG_SCANS = 40
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, IndexError, KeyError, TypeError, EOFError)


def clean_photo(upload) -> ContentFile:
    """A new WebP of at most 1600 px on its longest side, made from an uploaded JPEG, PNG or WebP.

    Raises ValidationError with a sentence for whoever uploaded it.
    """
    data = _read(upload, MAX_PHOTO_BYTES)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _judge(image, data)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            if image.width * image.height > MAX_PIXELS_PROGRESSIVE_JPEG:  # a long strip is not scaled down
                raise Image.DecompressionBombError
            photo = _flatten(image)
            photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            photo = ImageOps.exif_transpose(photo)
            return ContentFile(_webp(photo), name=f"{uuid.uuid4().hex}.webp")
    except (Image.DecompressionBombError, MemoryError):
        raise ValidationError(_("La foto es demasiado grande. Envíela con menos de 12 millones de puntos.")) from None
    except _UNREADABLE:
        raise ValidationError(_("No pudimos leer la foto. Envíe una imagen JPG, PNG o WebP.")) from None


def _read(upload, most: int) -> bytes:
    if upload.size > most:
        raise ValidationError(
            _("El archivo pesa demasiado: puede tener hasta %(most)s MB.") % {"most": most // 1_000_000}
        )
    upload.seek(0)
    return upload.read()


def _judge(image: Image.Image, data: bytes) -> None:
    pixels = image.width * image.height
    if image.format == "JPEG":
        progressive = bool(image.info.get("progressive"))
        most = MAX_PIXELS_PROGRESSIVE_JPEG if progressive else MAX_PIXELS_BASELINE_JPEG
        # Each scan of a progressive JPEG goes over the whole picture again.
        if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
            raise Image.DecompressionBombError
    else:
        alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
        most = MAX_PIXELS_WITH_ALPHA if alpha else MAX_PIXELS
    if pixels > most:
        raise Image.DecompressionBombError


def _flatten(image: Image.Image) -> Image.Image:
    """The first frame in RGB, on white where it was transparent."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image.getchannel("A"))
        flat.info = image.info
        return flat
    return image if image.mode == "RGB" else image.convert("RGB")


def _webp(photo: Image.Image) -> bytes:
    clean = Image.new("RGB", photo.size)
    clean.paste(photo)
    out = BytesIO()
    clean.save(out, "WEBP", quality=78, method=3)
    return out.getvalue()


class PhotoFieldFile(ImageFieldFile):
    """A clean photo and, beside it, a small one for lists."""

    def save(self, name, content, save=True):
        content.seek(0)
        with Image.open(content, formats=["WEBP"]) as photo:
            small = photo.convert("RGB")
            small.thumbnail((SMALL_SIDE, SMALL_SIDE))
        content.seek(0)
        super().save(name, content, save=False)
        self.storage.save(self.small_name, ContentFile(_webp(small)))
        if save:
            self.instance.save()

    save.alters_data = True

    def delete(self, save=True):
        if self.name:
            self.storage.delete(self.small_name)
        super().delete(save=save)

    delete.alters_data = True

    @property
    def small_name(self) -> str:
        """The name of the photo at 480 px."""
        return str(PurePosixPath(self.name).with_suffix(f".{SMALL_SIDE}.webp"))

    @property
    def small_url(self) -> str:
        """The address of the photo at 480 px."""
        return self.storage.url(self.small_name)


class PhotoField(ImageField):
    """An ImageField for what `clean_photo` returns; keeps a small version beside it (`photo.image.small_url`)."""

    attr_class = PhotoFieldFile


def clean_document(upload) -> ContentFile:
    """A newly written PDF without author, scripts, attached files or anything before its header.

    The PDF is rewritten by qpdf in a process of its own with little memory and time, so that a hostile file can spend
    only those. Raises ValidationError with a sentence for whoever uploaded it.
    """
    data = _read(upload, MAX_DOCUMENT_BYTES)
    refusal = ValidationError(_("No pudimos leer el documento. Envíe un PDF sin contraseña."))
    if b"%PDF-" not in data[:1024]:
        raise refusal
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _REWRITE_PDF], input=data, capture_output=True, timeout=10, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise refusal from None
    return ContentFile(done.stdout, name=f"{uuid.uuid4().hex}.pdf")


_REWRITE_PDF = """
import resource, sys
from io import BytesIO
import pikepdf
resource.setrlimit(resource.RLIMIT_CPU, (5, 5))
resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))
with pikepdf.open(BytesIO(sys.stdin.buffer.read())) as old, pikepdf.new() as pdf:
    if not 1 <= len(old.pages) <= 500:
        raise SystemExit(3)
    pdf.pages.extend(old.pages)
    for page in pdf.pages:
        for key in ("/AA", "/Metadata", "/PieceInfo"):
            if key in page:
                del page[key]
        if "/Annots" in page:
            links = []
            for note in page.Annots:
                action = note.get("/A", {})
                leads_on = action.get("/S", "/URI") in ("/URI", "/GoTo") and "/Next" not in action
                if note.get("/Subtype") == "/Link" and "/AA" not in note and leads_on:
                    links.append(note)
            page.Annots = pikepdf.Array(links)
    for thing in pdf.objects:
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)) and "/Metadata" in thing:
            del thing["/Metadata"]
    out = BytesIO()
    pdf.save(out, fix_metadata_version=False, deterministic_id=True)
    sys.stdout.buffer.write(out.getvalue())
"""
