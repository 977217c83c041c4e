"""Takes a morphed graph, gives a task group on a queue, and what a decision task publishes.

queue = Queue(Connection(Access.from_environment(os.environ)))
tasks = intend(morphed.graph, morphed.label_to_taskid, group=group, creator=creator)
submission = submit(queue, tasks, now=datetime.now(UTC))
"""
