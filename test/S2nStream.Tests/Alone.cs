namespace S2nTls.Tests;

/// <summary>Tests that measure the whole process, or load it: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
