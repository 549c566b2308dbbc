"""All programs, in the order of the table."""

from . import brokers, databases, http_servers, names_and_mail, python_programs

PROGRAMS = [*http_servers.PROGRAMS, *brokers.PROGRAMS, *databases.PROGRAMS, *names_and_mail.PROGRAMS, *python_programs.PROGRAMS]
