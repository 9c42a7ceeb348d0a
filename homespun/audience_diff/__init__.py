"""What a change of a Git working tree would do to audiences, before it ships."""
