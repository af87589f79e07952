namespace S2nTls.Tests.Faults;

/// <summary>What goes wrong at one step of an inner stream.</summary>
public enum FaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A read brings a part of what there is; a write is passed on in two parts.</summary>
    Split,

    /// <summary>It takes longer.</summary>
    Delay,

    /// <summary>It throws an <see cref="IOException"/>.</summary>
    Fail,

    /// <summary>The connection is over: reads find the end, writes an <see cref="IOException"/>.</summary>
    End,

    /// <summary>The token of whoever waits for it is cancelled.</summary>
    Cancel,
}
