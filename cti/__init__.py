"""Computer-telephony integration: Asterisk's manager interface below, the agents' and supervisors' pages above."""
