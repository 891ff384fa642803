// written by another room
