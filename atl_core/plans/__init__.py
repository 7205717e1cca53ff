"""What a captioner is to write for a request: lines that stay, and slots for lines to come."""
