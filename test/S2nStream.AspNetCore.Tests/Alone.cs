namespace S2nTls.AspNetCore.Tests;

/// <summary>Tests that count what the whole process does run when no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
