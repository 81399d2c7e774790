"""The templates of Asterisk's configuration, as package data; ``config.dialplan`` fills them in. Installed as ``asterisk_dialplan``."""
