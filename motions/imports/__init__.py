"""Portfolio import: read a file, guess its columns, type its cells, stage its rows, commit and undo."""
