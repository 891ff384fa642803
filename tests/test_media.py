"""Uploaded files are served as what we made of them, and nothing else is served."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def test_document_is_downloaded_in_a_sandbox(client):
    name = default_storage.save("documentos/" + "a" * 32 + ".pdf", ContentFile(b"%PDF-1.7"))

    response = client.get(f"/media/{name}")

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "../decide.sqlite3",
        "propuestas/../../decide.sqlite3",
        "propuestas/" + "a" * 32 + ".html",
        "propuestas/" + "b" * 32 + ".webp",
        "%2e%2e/settings.py",
        "propuestas/" + "a" * 32 + ".webp%00.html",
        "",
    ],
)
def test_anything_else_is_missing(client, path):
    assert client.get(f"/media/{path}").status_code == 404
