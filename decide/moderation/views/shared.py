"""What these pages do alike."""

from decide.errors import Refused


def submit(form, do) -> int:
    """Do it if the form is valid. The status to answer with; whatever was refused is on the form."""
    if not form.is_valid():
        return 400
    try:
        do(form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return refusal.status
    return 200
