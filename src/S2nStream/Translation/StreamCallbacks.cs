using System.Net.Security;

namespace S2nTls.Translation;

/// <summary>The callbacks and the policy that were passed to a stream's constructor, as older programs do with SslStream.</summary>
internal sealed record StreamCallbacks(
    RemoteCertificateValidationCallback? Validation, LocalCertificateSelectionCallback? Selection, EncryptionPolicy EncryptionPolicy)
{
    internal static readonly StreamCallbacks None = new(null, null, EncryptionPolicy.RequireEncryption);

    /// <exception cref="InvalidOperationException">The options have a different one than the constructor.</exception>
    internal RemoteCertificateValidationCallback? ValidationOr(RemoteCertificateValidationCallback? option) =>
        OneOf(Validation, option, nameof(RemoteCertificateValidationCallback));

    /// <inheritdoc cref="ValidationOr"/>
    internal LocalCertificateSelectionCallback? SelectionOr(LocalCertificateSelectionCallback? option) =>
        OneOf(Selection, option, nameof(LocalCertificateSelectionCallback));

    private static T? OneOf<T>(T? given, T? option, string name) where T : Delegate =>
        given is null || option is null || given == option
            ? given ?? option
            : throw new InvalidOperationException($"The option {name} is not the callback that was passed to the stream's constructor.");
}
