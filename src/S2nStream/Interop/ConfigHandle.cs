using System.Runtime.InteropServices;
using S2nTls.Certificates.Roots;

namespace S2nTls.Interop;

/// <summary>
/// An <c>s2n_config</c>. s2n neither copies nor counts the certificates that a config refers to, so this
/// handle holds a count on their set, until the config itself is freed.
/// </summary>
internal sealed class ConfigHandle : SafeHandle
{
    private CertificateSet? _certificates;

    public ConfigHandle() : base(invalidHandleValue: 0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>Which roots it trusts, by a digest: for whoever must tell configs apart. Null where it trusts none. Set before it is used.</summary>
    internal string? Anchors { get; set; }

    /// <summary>The certificates beside these roots that can stand in no chain; null where s2n trusts none.</summary>
    internal MisleadingCertificates? Misleading { get; set; }

    internal static ConfigHandle Create()
    {
        var config = new ConfigHandle();
        config.SetHandle(S2n.s2n_config_new_minimal());
        S2nError.ThrowIf(config.IsInvalid);
        return config;
    }

    /// <summary>Gives the config its certificates, once.</summary>
    internal void AddCertificates(CertificateSet certificates)
    {
        bool counted = false;
        certificates.DangerousAddRef(ref counted);
        _certificates = certificates;
        foreach (CertificateHandle certificate in certificates.Certificates)
        {
            S2nError.ThrowIf(S2n.s2n_config_add_cert_chain_and_key_to_store(this, certificate) != S2n.Success);
        }
    }

    protected override bool ReleaseHandle()
    {
        bool freed = S2n.s2n_config_free(handle) == S2n.Success;
        _certificates?.DangerousRelease();
        return freed;
    }
}
