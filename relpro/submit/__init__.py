"""Takes a morphed graph, creates a task group on a queue; makes the artifacts of a decision task.

queue = Queue(Connection(Access.from_environment(os.environ)))
tasks = intend(morphed.graph, morphed.label_to_taskid, group=group, creator=creator)
submission = submit(queue, tasks, now=datetime.now(UTC))
"""
