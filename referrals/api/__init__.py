"""The native API of this room: leads, their steps, what people do around them, and programmes."""
