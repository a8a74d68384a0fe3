// Snippets write to the one console of the process.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
