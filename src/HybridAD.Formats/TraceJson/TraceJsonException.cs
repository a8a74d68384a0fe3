namespace HybridAD.Formats.TraceJson;

/// <summary>A trace file is malformed. The message is one line that names the file and the node or member concerned.</summary>
public sealed class TraceJsonException : HybridAdException
{
    internal TraceJsonException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
