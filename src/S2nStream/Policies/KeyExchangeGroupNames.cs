using System.Globalization;

namespace S2nTls.Policies;

/// <summary>s2n's names of the key-exchange groups, by IANA's numbers (TLS Supported Groups).</summary>
internal static class KeyExchangeGroupNames
{
    internal static string Of(ushort number) => number switch
    {
        23 => "secp256r1",
        24 => "secp384r1",
        25 => "secp521r1",
        29 => "x25519",
        512 => "MLKEM512",
        513 => "MLKEM768",
        514 => "MLKEM1024",
        4587 => "SecP256r1MLKEM768",
        4588 => "X25519MLKEM768",
        4589 => "SecP384r1MLKEM1024",
        _ => number.ToString("x4", CultureInfo.InvariantCulture),
    };
}
