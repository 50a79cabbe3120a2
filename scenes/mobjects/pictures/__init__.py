"""Small pictures, alone and in rows."""
