namespace S2nTls;

/// <summary>The kind of an <see cref="S2nException"/>: s2n's <c>s2n_error_type</c>, with its numbers, except those that are not failures (0 and 3).</summary>
public enum S2nErrorType
{
    /// <summary>An input or output operation failed.</summary>
    IO = 1,

    /// <summary>
    /// The connection ended. When reading: the transport ended without the peer's <c>close_notify</c>, so data may have been cut off (RFC 8446
    /// §6.1).
    /// </summary>
    Closed = 2,

    /// <summary>The peer sent a fatal alert: <see cref="S2nException.Alert"/> says which.</summary>
    Alert = 4,

    /// <summary>The peer broke the protocol, or its certificate was refused.</summary>
    Protocol = 5,

    /// <summary>A failure inside s2n.</summary>
    Internal = 6,

    /// <summary>s2n was asked for something that it cannot do: an unknown policy, a key that does not match, …</summary>
    Usage = 7,
}
