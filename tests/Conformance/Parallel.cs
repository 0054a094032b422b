// Peers wait much and work little: each class has a server of its own and all run at once.
[assembly: CollectionBehavior(MaxParallelThreads = 8)]
