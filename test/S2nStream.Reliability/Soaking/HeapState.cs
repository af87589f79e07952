namespace S2nTls.Reliability.Soaking;

/// <summary>A heap, in MiB.</summary>
/// <param name="InUse">What it has given out, garbage included.</param>
/// <param name="Taken">What it has taken of the system.</param>
internal readonly record struct HeapState(double InUse, double Taken)
{
    public override string ToString() => $"{InUse:N0} of {Taken:N0}";
}
