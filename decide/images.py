"""The one place where uploads are opened, judged by content, re-encoded and stripped of metadata."""
