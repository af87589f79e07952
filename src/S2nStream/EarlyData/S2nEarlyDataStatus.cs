namespace S2nTls;

/// <summary>What became of early data (RFC 8446 §2.3) in a handshake (<c>s2n_connection_get_early_data_status</c>).</summary>
public enum S2nEarlyDataStatus
{
    /// <summary>The client offered none. Data that it wanted to send was not sent.</summary>
    NotOffered = 0,

    /// <summary>The client offered some, and the server rejected it: the server's application never sees it.</summary>
    Rejected = 1,

    /// <summary>The server has received all of it.</summary>
    Accepted = 2,
}
