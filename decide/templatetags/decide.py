"""What every template may use (a builtin library)."""

from django import template

from decide.text import render_markdown

register = template.Library()

register.filter("markdown", render_markdown)
