namespace Examples;

/// <summary>What was asked for cannot be done, whatever the network does.</summary>
internal sealed class UsageException(string message, Exception? cause = null) : Exception(message, cause);
