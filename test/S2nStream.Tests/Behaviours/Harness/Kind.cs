namespace S2nTls.Tests.Behaviours;

/// <summary>The two types that are compared.</summary>
public enum Kind
{
    SslStream,
    S2nStream,
}
