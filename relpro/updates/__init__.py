"""The rules, releases and requests of an update server: who is offered which update, and why."""
