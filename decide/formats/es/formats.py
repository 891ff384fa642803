"""Numbers as they are written in Quito: 86.400 and 0,25. Django's own Spanish puts a space between thousands."""

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
