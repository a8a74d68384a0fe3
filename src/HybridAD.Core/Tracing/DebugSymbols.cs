using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace HybridAD.Tracing;

/// <summary>Lines of methods, from the portable debug symbols beside or inside their assembly. Keeps the files open until disposed.</summary>
[UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Without a path there are no symbols, which is allowed for.")]
internal sealed class DebugSymbols : IDisposable
{
    private readonly Dictionary<Assembly, (PEReader? Image, MetadataReaderProvider? Symbols)> _open = [];

    /// <summary>File and line of a place in the IL of a method; null where there are no symbols.</summary>
    public (string Path, int Line)? LineOf(MethodBase method, int offset)
    {
        if (SymbolsOf(method.Module.Assembly)?.GetMetadataReader() is not { } reader)
            return null;
        var handle = (MethodDefinitionHandle)MetadataTokens.EntityHandle(method.MetadataToken);
        (string, int)? found = null;
        foreach (var point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
        {
            if (point.Offset > offset)
                break;
            if (!point.IsHidden)
                found = (reader.GetString(reader.GetDocument(point.Document).Name), point.StartLine);
        }
        return found;
    }

    public void Dispose()
    {
        foreach (var (image, symbols) in _open.Values)
        {
            symbols?.Dispose();
            image?.Dispose();
        }
    }

    private MetadataReaderProvider? SymbolsOf(Assembly assembly)
    {
        if (_open.TryGetValue(assembly, out var known))
            return known.Symbols;
        PEReader? image = null;
        MetadataReaderProvider? symbols = null;
        try
        {
            // An assembly that was loaded from memory has no path, and is left to what the runtime knows.
            if (!assembly.IsDynamic && assembly.Location is { Length: > 0 } path)
            {
                image = new PEReader(File.OpenRead(path));
                image.TryOpenAssociatedPortablePdb(path, File.OpenRead, out symbols, out _);
            }
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or UnauthorizedAccessException)
        {
            // As good as no symbols.
        }
        _open.Add(assembly, (image, symbols));
        return symbols;
    }
}
