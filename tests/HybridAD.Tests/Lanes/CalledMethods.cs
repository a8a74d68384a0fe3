using System.Reflection;
using System.Reflection.Emit;

namespace HybridAD.Tests.Lanes;

/// <summary>What a method calls, and what those call that are in the same assemblies as it, read from their instructions.</summary>
internal static class CalledMethods
{
    private static readonly Dictionary<short, OpCode> Codes =
        typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    /// <summary>Every method that is reached, once.</summary>
    public static IReadOnlyCollection<MethodBase> Of(MethodBase start)
    {
        var reached = new HashSet<MethodBase>();
        var open = new Stack<MethodBase>([start]);
        while (open.TryPop(out var method))
            foreach (var called in Directly(method))
                if (reached.Add(called) && called.DeclaringType!.Assembly.GetName().Name!.StartsWith("HybridAD", StringComparison.Ordinal))
                    open.Push(called);
        return reached;
    }

    private static IEnumerable<MethodBase> Directly(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            yield break;
        Type[] ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
        Type? constraint = null;
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = Codes[value];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                var called = method.Module.ResolveMethod(BitConverter.ToInt32(code, at), ofType, ofMethod)!;
                yield return constraint is not null && called.DeclaringType!.IsInterface ? Implementation(constraint, (MethodInfo)called) : called;
            }
            constraint = value == OpCodes.Constrained.Value ? method.Module.ResolveType(BitConverter.ToInt32(code, at), ofType, ofMethod) : null;
            at += OperandBytes(operation, code, at);
        }
    }

    private static MethodInfo Implementation(Type type, MethodInfo member)
    {
        var map = type.GetInterfaceMap(member.DeclaringType!);
        var definition = member.IsGenericMethod ? member.GetGenericMethodDefinition() : member;
        var found = map.TargetMethods[Array.IndexOf(map.InterfaceMethods, definition)];
        return member.IsGenericMethod ? found.MakeGenericMethod(member.GetGenericArguments()) : found;
    }

    private static int OperandBytes(OpCode operation, byte[] code, int at) => operation.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
        _ => 4,
    };
}
