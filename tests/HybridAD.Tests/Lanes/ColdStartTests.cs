using System.Reflection;
using System.Runtime.CompilerServices;
using HybridAD.Lanes;
using HybridAD.Primitives;

namespace HybridAD.Tests.Lanes;

/// <summary>
/// Kernels are optimised when they are first compiled, and so has to be what they call: the runtime would compile a rule's method without optimising it, and only see after
/// thousands of evaluations that it is worth more.
/// </summary>
public sealed class ColdStartTests
{
    /// <summary>Bytes of code up to which a method is always put in place of its call.</summary>
    private const int AlwaysInlined = 32;

    public static TheoryData<string> Rules =>
    [
        .. typeof(Primitive).Assembly.GetTypes()
            .Where(static type => !type.IsInterface && !type.IsGenericType && (typeof(IUnaryRule).IsAssignableFrom(type) || typeof(IBinaryRule).IsAssignableFrom(type)))
            .Select(static type => type.FullName!),
    ];

    [Fact]
    public void There_are_rules() => Assert.True(Rules.Count > 40);

    [Theory]
    [MemberData(nameof(Rules))]
    public void What_kernels_call_of_a_rule_is_inlined_or_optimised_at_once(string rule)
    {
        const MethodImplAttributes Ready = MethodImplAttributes.AggressiveInlining | MethodImplAttributes.AggressiveOptimization;
        foreach (var method in typeof(Primitive).Assembly.GetType(rule)!.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            if (!method.IsGenericMethodDefinition || !IsOfLanes(method))
                continue;
            var length = method.GetMethodBody()!.GetILAsByteArray()!.Length;
            Assert.True(length <= AlwaysInlined || (method.MethodImplementationFlags & Ready) != 0, $"{rule}.{method.Name} has {length} bytes of code and says nothing of how it is compiled.");
        }
    }

    private static bool IsOfLanes(MethodInfo method) =>
        method.GetGenericArguments() is [var lanes] && Array.Exists(lanes.GetGenericParameterConstraints(), static constraint => constraint.Name == typeof(ILanes<>).Name);
}
