namespace S2nTls;

/// <summary>What became of early data (RFC 8446 §2.3) in a handshake (<c>s2n_connection_get_early_data_status</c>).</summary>
public enum S2nEarlyDataStatus
{
    /// <summary>The client offered none. What it would have sent has not been sent.</summary>
    NotOffered = 0,

    /// <summary>The client offered some, and the server did not take it: the server's application never sees it.</summary>
    Rejected = 1,

    /// <summary>The server has all of it.</summary>
    Accepted = 2,
}
